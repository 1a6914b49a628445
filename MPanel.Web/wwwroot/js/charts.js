// Draws every <canvas data-chart> from the JSON in the element that data-chart names: { type, labels, series: [{ label, values, colour }], unit }.
// A series that stands for a status has the colour of that status; the others take theirs in turn.
// The same figures stand in a table beside it, for those who don't see the picture.
(() => {
    const drawn = new Map();
    const colours = () => {
        // A variable may hold a mixture, which only an element can work out.
        const probe = document.body.appendChild(document.createElement("i"));
        const value = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
        const found = { green: value("--tblr-green"), red: value("--tblr-red"), lines: ["--tblr-primary", "--tblr-orange", "--tblr-teal", "--tblr-purple"].map(value), text: value("--tblr-body-color"), grid: value("--tblr-border-color") };
        probe.remove();
        return found;
    };
    const draw = canvas => {
        const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent), { lines, text, grid, ...named } = colours();
        drawn.get(canvas)?.destroy();
        drawn.set(canvas, new Chart(canvas, {
            type: data.type,
            data: {
                labels: data.labels,
                datasets: data.series.map((one, at) => [one, one.colour ? named[one.colour] : lines[at % 4]]).map(([one, colour]) => ({
                    label: one.label, data: one.values, borderColor: colour, backgroundColor: colour, borderWidth: 2, pointHitRadius: 8,
                    // A value between two gaps is no line: it is seen as a dot.
                    pointRadius: at => at.dataset.data[at.dataIndex - 1] == null && at.dataset.data[at.dataIndex + 1] == null ? 2 : 0,
                    tension: 0.25, borderRadius: 3, spanGaps: false,
                })),
            },
            options: {
                animation: false, responsive: true, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
                plugins: { legend: { display: data.series.length > 1, labels: { color: text, boxWidth: 12 } } },
                scales: {
                    x: { ticks: { color: text, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } },
                    y: { beginAtZero: true, max: data.max, ticks: { color: text, callback: value => `${value}${data.unit ?? ""}` }, grid: { color: grid } },
                },
            },
        }));
    };
    const all = () => {
        for (const [canvas, chart] of drawn) if (!canvas.isConnected) { chart.destroy(); drawn.delete(canvas); }
        document.querySelectorAll("canvas[data-chart]").forEach(draw);
    };
    document.addEventListener("DOMContentLoaded", all);
    addEventListener("themechange", all);
    addEventListener("htmx:afterSettle", all);
})();
