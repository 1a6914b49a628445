global using Xunit;

[assembly: AssemblyFixture(typeof(MPanel.Tests.Support.SharedCluster))]
