// SPDX-License-Identifier: Apache-2.0
// The portal's answer may be in the fragment, which a server never sees: send it on, and remove it from the history.
"use strict";
(() => {
    const answer = new URLSearchParams(window.location.hash.slice(1));
    const form = document.querySelector("form");
    history.replaceState(null, "", window.location.pathname);
    if (!answer.has("access_token") && !answer.has("error")) {
        const waiting = document.getElementById("waiting");
        waiting.textContent = waiting.dataset.none;
        return;
    }
    for (const name of ["access_token", "state", "error"]) {
        form.elements[name].value = answer.get(name) ?? "";
    }
    form.submit();
})();
