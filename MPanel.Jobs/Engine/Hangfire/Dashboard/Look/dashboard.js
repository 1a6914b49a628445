// Runs behind the style sheets and before the page is drawn. Who chose light or dark in the panel gets it here, too; else the system decides.
(() => {
    let kept = null;
    try { kept = localStorage.getItem("theme"); } catch { /* Without storage the system decides. */ }
    if (kept !== "dark" && kept !== "light") return;
    const about = "(prefers-color-scheme: dark)", media = kept === "dark" ? "all" : "not all";
    for (const sheet of document.styleSheets)
        for (const rule of sheet.cssRules)
            if (rule.media?.mediaText === about) rule.media.mediaText = media;
    // The dashboard's own scripts ask the same question before they draw their charts.
    const asked = window.matchMedia.bind(window);
    window.matchMedia = query => asked(query === about ? media : query);
})();

// Controls that Hangfire gives no name.
addEventListener("DOMContentLoaded", () => {
    const name = (selector, of) => { for (const element of document.querySelectorAll(selector)) element.setAttribute("aria-label", of(element)); };
    name(".navbar-toggle", () => "Menu");
    name(".js-jobs-list-select-all", () => "Choose all on this page");
    name(".js-jobs-list-checkbox", box => `Choose ${box.value}`);
    for (const table of document.querySelectorAll(".table-responsive")) if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
});
