// What the panel's pages do in the browser. Every page works without it; it adds comfort.

// Times: the words stay current. The same words as TimeAgoTagHelper writes.
const ago = until => {
    const s = Math.floor(Math.abs(until) / 1000), days = s / 86400;
    const many = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;
    if (s < 5) return "now";
    const words = s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86400 ? `${Math.floor(s / 3600)} h`
        : days < 60 ? many(Math.floor(days), "day") : days < 730 ? many(Math.floor(days / 30.44), "month") : many(Math.floor(days / 365.25), "year");
    return until < 0 ? `${words} ago` : `in ${words}`;
};
const tick = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
        const words = ago(new Date(time.dateTime) - Date.now());
        if (time.textContent !== words) time.textContent = words;
    }
};
setInterval(tick, 5000);

// Search: Ctrl-K from anywhere, arrows through the results, Escape closes.
const search = document.getElementById("search"), results = document.getElementById("search-results");
addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && search) {
        event.preventDefault();
        search.focus();
        search.select();
    } else if (event.key === "Escape" && results?.contains(document.activeElement)) {
        results.replaceChildren();
        search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
        results.replaceChildren();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && results && (document.activeElement === search || results.contains(document.activeElement))) {
        const links = [...results.querySelectorAll("a")], at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
        if (!links.length) return;
        event.preventDefault();
        (at < 0 ? search : links[Math.min(at, links.length - 1)]).focus();
    }
});
addEventListener("click", event => { if (results && !event.target.closest(".search")) results.replaceChildren(); });

// Lists: choosing a filter applies it, without a click on the button.
addEventListener("change", event => {
    const form = event.target.closest("form[data-list-filter]");
    if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
});
// An empty field is no filter: it need not stand in the address.
addEventListener("submit", event => {
    if (!event.target.matches("form[data-list-filter]")) return;
    for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true;
});
addEventListener("pageshow", () => { for (const field of document.querySelectorAll("form[data-list-filter] :disabled")) field.disabled = false; });

// Forms: leaving with unsaved changes asks first; a second click on a sending form does nothing.
let unsaved = null;
addEventListener("input", event => { unsaved = event.target.closest("form[data-guard]") ?? unsaved; });
addEventListener("beforeunload", event => { if (unsaved) event.preventDefault(); });

// What can't be undone asks first; for the worst the name must be typed.
const dialog = document.getElementById("confirm");
const ask = (question, button, name) => new Promise(resolve => {
    const part = selector => dialog.querySelector(selector), typed = part("#confirm-name"), ok = part("[data-confirm-ok]");
    part("#confirm-question").textContent = question;
    ok.textContent = button || "Go on";
    part("[data-confirm-typing]").hidden = !name;
    part("[data-confirm-expected]").textContent = name || "";
    typed.value = "";
    const check = () => { ok.disabled = Boolean(name) && typed.value !== name; };
    typed.oninput = check;
    check();
    part("[data-confirm-cancel]").onclick = () => dialog.close("cancel");
    dialog.returnValue = "";
    dialog.onclose = () => resolve(dialog.returnValue === "ok");
    dialog.showModal();
});
addEventListener("submit", async event => {
    const form = event.target, asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (form.dataset.confirmed) { delete form.dataset.confirmed; }
    else if (asker.dataset.confirm && dialog) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (!await ask(asker.dataset.confirm, asker.dataset.confirmButton, asker.dataset.confirmName)) return;
        form.dataset.confirmed = "yes";
        form.requestSubmit(event.submitter);
        return;
    }
    if (form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "yes";
    if (form === unsaved) unsaved = null;
    event.submitter?.classList.add("btn-loading");
}, true);
addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
    for (const button of document.querySelectorAll(".btn-loading")) button.classList.remove("btn-loading");
});

// Bulk choices: the box in a table's head ticks all, and the bar says how many.
addEventListener("change", event => {
    const all = event.target.closest("[data-check-all]"), form = event.target.closest("form[data-bulk]");
    if (!form) return;
    if (all) for (const box of form.querySelectorAll("input[name=ids]")) box.checked = all.checked;
    const count = form.querySelectorAll("input[name=ids]:checked").length;
    for (const place of form.querySelectorAll("[data-bulk-count]")) place.textContent = count;
    for (const bar of form.querySelectorAll("[data-bulk-bar]")) bar.hidden = count === 0;
});

// A table that scrolls and has nothing to focus in it is scrolled with the keyboard by being focused itself.
const reachable = () => {
    for (const table of document.querySelectorAll(".table-responsive"))
        if (table.scrollWidth > table.clientWidth && !table.querySelector("a, button, input, select")) table.tabIndex = 0;
};
reachable();
addEventListener("resize", reachable);
addEventListener("htmx:afterSettle", reachable);

// Ordinary words make a column as wide as they are. A longer one may be broken, else it would push the columns after it out of sight:
// an address behind its @ or before a dot, where it can, rather than in the middle of a word or at a hyphen.
const breakable = () => {
    for (const place of document.querySelectorAll(".card-table > * > tr > :is(td, th), dl.facts dd, .address")) {
        const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT), long = [];
        while (texts.nextNode()) if (/\S{17}/.test(texts.currentNode.data)) long.push(texts.currentNode);
        if (long.length && place.matches("td, th")) place.classList.add("wordy");
        for (const text of long) {
            const parts = text.data.split(/(?<=\S@)(?=\S)|(?<=\S)(?=\.\S)|(?<=^[^@]*\w_)(?=\w[^@]*$)|(?<=[\da-f]:)(?=[\da-f]{1,4}:)/);
            if (parts.length > 1) text.replaceWith(...parts.flatMap((part, i) => i ? [document.createElement("wbr"), whole(part)] : [whole(part)]));
        }
    }
};
// A part with a hyphen is broken at it only where the part alone is wider than its column.
const whole = part => {
    if (!/^\s*\S+-\S+\s*$/.test(part)) return part;
    const block = document.createElement("span");
    block.className = "whole";
    block.textContent = part;
    return block;
};
breakable();
addEventListener("htmx:afterSettle", breakable);

// Copying what is shown once.
addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    const text = source.value ?? source.textContent;
    try { await navigator.clipboard.writeText(text.trim()); button.textContent = "Copied"; }
    catch { source.select?.(); button.textContent = "Press Ctrl-C"; }
});

// Live parts: a lost connection is said, and over when an answer comes.
const lost = document.querySelector(".connection-lost");
addEventListener("htmx:sendError", () => { if (lost) lost.hidden = false; });
// A proxy in front answers for a panel that is being started again.
addEventListener("htmx:responseError", event => { if (lost && [502, 503, 504].includes(event.detail.xhr.status)) lost.hidden = false; });
addEventListener("htmx:afterRequest", event => { if (lost && event.detail.successful) lost.hidden = true; });
// A page that nobody looks at asks for nothing.
addEventListener("htmx:beforeRequest", event => { if (document.hidden && event.detail.requestConfig.triggeringEvent === undefined) event.preventDefault(); });
// The session ended: the answer is the login page, which belongs into the whole window.
addEventListener("htmx:beforeSwap", event => {
    if (new URL(event.detail.xhr.responseURL || location.href).pathname === "/login") { event.detail.shouldSwap = false; location.reload(); }
});
addEventListener("htmx:afterSettle", tick);
// What somebody opened stays open when its part of the page is drawn anew, and a question is answered about what it was asked of.
let opened = [];
addEventListener("htmx:beforeSwap", event => {
    if (dialog?.open) event.detail.shouldSwap = false;
    opened = [...document.querySelectorAll("details[id][open]")].map(details => details.id);
});
addEventListener("htmx:afterSwap", () => { for (const id of opened) document.getElementById(id)?.setAttribute("open", ""); });
// Nor does a live part change under somebody's hands: while something is chosen in it, a dialog is open, or the keyboard is at work in it.
addEventListener("htmx:beforeRequest", event => {
    const active = document.activeElement, live = document.getElementById("live");
    const parts = event.target.matches?.("[hx-select]") ? [event.target, live] : [];
    if (parts.some(part => part && (part.querySelector("input[name=ids]:checked, select option:checked:not([value=''])") || part.contains(active) && active.matches("select, :focus-visible")))
        || parts.length && document.querySelector("dialog[open]")) event.preventDefault();
});
// A log that is scrolled to its end stays there.
addEventListener("htmx:beforeSwap", event => {
    for (const log of document.querySelectorAll("[data-follow]")) log.dataset.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40 ? "yes" : "";
});
const follow = () => { for (const log of document.querySelectorAll("[data-follow]")) if (log.dataset.atEnd !== "") log.scrollTop = log.scrollHeight; };
addEventListener("htmx:afterSettle", follow);
follow();

// Whoever signs in the first time gets the browser's time zone.
for (const field of document.querySelectorAll("input[data-browser-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
