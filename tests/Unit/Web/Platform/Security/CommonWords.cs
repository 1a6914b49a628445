namespace MPanel.Tests.Unit.Web.Platform.Security;

/// <summary>Words that no password may be made of, one or two of them, however they are written.</summary>
public static class CommonWords
{
    public static readonly string[] All = """
        password passwort passwd pass qwerty qwertz azerty asdfgh letmein welcome willkommen iloveyou admin
        administrator root superadmin superuser login logmein monkey dragon football baseball basketball sunshine
        princess master shadow superman batman trustno michael jennifer jordan hunter freedom whatever starwars pokemon
        computer internet secret changeme default temporary correcthorsebatterystaple mpanel cpanel plesk hosting server
        support company office summer winter spring autumn january february march april june july august september
        october november december monday friday test testing guest user demo hello helloworld lovely google facebook
        liverpool chelsea arsenal charlie donald mustang access flower hottie loveme zaq qaz wsx abc my the is and new
        your our this strong secure please enter account
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    public static readonly string[] Rows =
    [
        "01234567890123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "qwertzuiopasdfghjklyxcvbnm",
        "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "qazwsxedcrfvtgbyhnujmikolp",
    ];
}
