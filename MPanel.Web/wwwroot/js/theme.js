// Runs before the page is drawn, or a dark page would flash white.
(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
    const apply = () => document.documentElement.setAttribute("data-bs-theme", kept() ?? (dark.matches ? "dark" : "light"));
    apply();
    dark.addEventListener("change", () => { apply(); dispatchEvent(new Event("themechange")); });
    addEventListener("click", event => {
        if (!event.target.closest?.("[data-theme-toggle]")) return;
        const next = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
        try { localStorage.setItem("theme", next); } catch { /* Without storage it lasts for this page. */ }
        document.documentElement.setAttribute("data-bs-theme", next);
        dispatchEvent(new Event("themechange"));
    });
})();
