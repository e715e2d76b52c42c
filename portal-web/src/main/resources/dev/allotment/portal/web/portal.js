// SPDX-License-Identifier: Apache-2.0
// Every page works without this script.
"use strict";

// The texts in the language of the page.
const TEXTS = document.body.dataset;

// Moves the focus to the list of problems, which links to the fields, or to the notice about what was done, so that
// screen readers read them.
document.querySelector("[data-focus]")?.focus();

// Adds a button that shows the password.
for (const input of document.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet reveal";
    button.textContent = TEXTS.textShow;
    button.setAttribute("aria-label", TEXTS.textShowPassword);
    button.addEventListener("click", () => {
        const shown = input.type === "text";
        input.type = shown ? "password" : "text";
        button.textContent = shown ? TEXTS.textShow : TEXTS.textHide;
        button.setAttribute("aria-label", shown ? TEXTS.textShowPassword : TEXTS.textHidePassword);
    });
    input.classList.add("revealable");
    input.after(button);
    input.form?.addEventListener("submit", () => { input.type = "password"; });
}

// Adds a button that suggests a random passphrase, of 100 bits, and shows it.
for (const input of document.querySelectorAll("[data-suggest]")) {
    const again = document.getElementById(input.dataset.suggest);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small";
    button.textContent = TEXTS.textSuggest;
    button.addEventListener("click", () => {
        const letters = "abcdefghijkmnpqrstuvwxyz23456789";
        const random = crypto.getRandomValues(new Uint8Array(20));
        const words = [...random].map((each) => letters[each % 32]).join("").match(/.{5}/g).join("-");
        for (const field of [input, again]) {
            field.value = words;
            if (field.type === "password") {
                field.nextElementSibling.click();
            }
        }
    });
    again.closest(".field").after(button);
}

// Adds a button that copies a text. Browsers allow that on pages with TLS only.
for (const text of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary small";
    button.textContent = TEXTS.textCopy;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = TEXTS.textCopied;
    });
    text.after(button);
}

// Shows times in the viewer's zone, and in UTC as a tooltip.
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const IN_ZONE = new Intl.DateTimeFormat(LANGUAGE, {
    day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short"
});
const showTimes = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
        time.title = time.textContent;
        time.textContent = IN_ZONE.format(new Date(time.dateTime));
    }
};
showTimes(document);

// Shows the present page in a list of pages that scrolls.
for (const link of document.querySelectorAll(".tabs [aria-current], .main-nav [aria-current]")) {
    link.parentElement.scrollLeft = link.offsetLeft - link.parentElement.offsetLeft - 16;
}

// Sends a form only once.
document.addEventListener("submit", (event) => {
    if (/\/(download|export)$/.test(event.target.action)) {
        // The page stays, so the form can be sent again.
        return;
    }
    if (event.target.dataset.sent) {
        event.preventDefault();
    }
    event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
    for (const form of document.forms) {
        delete form.dataset.sent;
    }
});

// Checks whether a name is available while the user types.
const LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"};
const name = document.querySelector("[data-check]");
if (name) {
    const answer = document.getElementById("label-answer");
    const suffix = document.querySelector("[data-suffix-of]");
    const plan = () => document.querySelector("input[name=plan]:checked");
    let timer;
    let latest = 0;
    const say = (text, kind) => {
        answer.textContent = text;
        answer.className = "answer " + kind;
    };
    const ask = async () => {
        const mine = ++latest;
        if (!name.value.trim() || !plan()) {
            say("", "");
            return;
        }
        const query = new URLSearchParams({plan: plan().value, label: name.value.trim()});
        try {
            const reply = await fetch(name.dataset.check + "?" + query, {credentials: "same-origin"});
            const found = reply.ok ? await reply.json() : {text: "", free: false};
            if (mine === latest) {
                say(found.text, found.free ? "free" : "taken");
            }
        } catch {
            say("", "");
        }
    };
    const soon = () => {
        clearTimeout(timer);
        timer = setTimeout(ask, 300);
    };
    name.addEventListener("input", () => {
        const at = name.selectionStart;
        const valid = name.value.toLowerCase().replace(/[äöüß]/g, (letter) => LETTERS[letter]).replace(/[\s_.]/g, "-");
        if (valid !== name.value) {
            const end = at + valid.length - name.value.length;
            name.value = valid;
            name.setSelectionRange(end, end);
        }
        soon();
    });
    for (const each of document.querySelectorAll("input[name=plan]")) {
        each.addEventListener("change", () => {
            suffix.textContent = each.dataset.suffix;
            soon();
        });
    }
    if (plan()) {
        suffix.textContent = plan().dataset.suffix;
    }
}

// Shows the progress of a new database.
const progress = document.querySelector("[data-events]");
if (progress) {
    const reload = () => setTimeout(() => location.reload(), 2000);
    const meter = progress.querySelector("[role=progressbar]");
    const steps = progress.querySelectorAll(".steps li");
    const status = progress.querySelector("[role=status]");
    const show = (step, state) => {
        step.className = state;
        step.querySelector("span").textContent = state === "done" ? " " + progress.dataset.done : "";
    };
    if (window.EventSource) {
        const events = new EventSource(progress.dataset.events);
        events.onmessage = (message) => {
            const now = JSON.parse(message.data);
            meter.setAttribute("aria-valuenow", now.percent);
            meter.querySelector(".part").setAttribute("width", now.percent + "%");
            steps.forEach((step, i) => show(step, i < now.done ? "done" : i === now.done ? "now" : "later"));
            const done = [...steps].slice(0, now.done).pop()?.textContent ?? "";
            if (status.textContent !== done) {
                status.textContent = done;
            }
            if (now.phase !== "running") {
                events.close();
                location.reload();
            }
        };
        events.onerror = () => {
            if (events.readyState === EventSource.CLOSED) {
                reload();
            }
        };
    } else {
        reload();
    }
}

// Opens a new database at once, but only once, so that returning to this page shows it.
const enter = document.querySelector("[data-enter]");
if (enter && new URLSearchParams(location.search).has("new")) {
    const key = "entered-" + enter.dataset.enter;
    if (!sessionStorage.getItem(key)) {
        sessionStorage.setItem(key, "yes");
        enter.requestSubmit();
    }
}

// Refreshes parts of the page that change by themselves, while the page is visible and the part does not have the focus.
const renew = async (part) => {
    const busy = () => document.hidden || part.contains(document.activeElement);
    let fresh = part;
    if (!busy()) {
        try {
            const reply = await fetch(location.href, {credentials: "same-origin"});
            const page = new DOMParser().parseFromString(await reply.text(), "text/html");
            fresh = (reply.ok && page.getElementById(part.id)) || part;
        } catch {
            // Tries again later.
        }
        if (fresh !== part && !busy()) {
            showTimes(fresh);
            part.replaceWith(fresh);
        } else {
            fresh = part;
        }
    }
    watch(fresh);
};
const watch = (part) => {
    if (part.dataset.refresh) {
        setTimeout(renew, 1000 * Number(part.dataset.refresh), part);
    }
};
document.querySelectorAll("[data-refresh]").forEach(watch);
