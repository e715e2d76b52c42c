// SPDX-License-Identifier: Apache-2.0
// Everything works without this; with it, some of it is nicer.
"use strict";

// What went wrong is read out, and where it can be put right is one step away.
document.querySelector("[data-focus]")?.focus();

// Passwords can be shown while they are typed.
for (const input of document.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet reveal";
    button.textContent = "Show";
    button.setAttribute("aria-label", "Show password");
    button.addEventListener("click", () => {
        const shown = input.type === "text";
        input.type = shown ? "password" : "text";
        button.textContent = shown ? "Show" : "Hide";
        button.setAttribute("aria-label", shown ? "Show password" : "Hide password");
    });
    input.classList.add("revealable");
    input.after(button);
    input.form?.addEventListener("submit", () => { input.type = "password"; });
}

// A form is sent once.
document.addEventListener("submit", (event) => {
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

// Whether a name is free is told while it is typed.
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
    name.addEventListener("input", soon);
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

// How far a new database is.
const progress = document.querySelector("[data-events]");
if (progress) {
    const reload = () => setTimeout(() => location.reload(), 2000);
    const meter = progress.querySelector("[role=progressbar]");
    const steps = progress.querySelectorAll(".steps li");
    const status = progress.querySelector("[role=status]");
    const show = (step, state) => {
        step.className = state;
        step.querySelector("span").textContent = state === "done" ? " (done)" : "";
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

// Straight in, once: whoever comes back to this page wants to see it.
const enter = document.querySelector("[data-enter]");
if (enter && new URLSearchParams(location.search).has("new")) {
    const key = "entered-" + enter.dataset.enter;
    if (!sessionStorage.getItem(key)) {
        sessionStorage.setItem(key, "yes");
        enter.requestSubmit();
    }
}

// Parts that tell what goes on are fetched again, while somebody looks at them; never from under somebody's hands.
const renew = async (part) => {
    const busy = () => document.hidden || part.contains(document.activeElement);
    let fresh = part;
    if (!busy()) {
        try {
            const reply = await fetch(location.href, {credentials: "same-origin"});
            const page = new DOMParser().parseFromString(await reply.text(), "text/html");
            fresh = (reply.ok && page.getElementById(part.id)) || part;
        } catch {
            // Asked again in a while.
        }
        if (fresh !== part && !busy()) {
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
