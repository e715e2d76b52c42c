// SPDX-License-Identifier: Apache-2.0
// Passkeys of browsers. Without this script, and in browsers without passkeys, people sign in with their passwords.
"use strict";

{
    // Base64url without padding, as the server reads and writes it.
    const bytes = (text) =>
        Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
    const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer ?? [])))
        .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

    // Sends the form with what the browser answered.
    const send = (form, values) => {
        for (const [name, value] of Object.entries(values)) {
            form.elements[name].value = value;
        }
        form.requestSubmit();
    };

    const explain = (form, error) => {
        form.querySelector("[role=status]").textContent = error.name === "InvalidStateError"
            ? document.body.dataset.textPasskeyKnown
            : document.body.dataset.textPasskeyFailed;
    };

    const signIn = document.querySelector("[data-passkey-get]");
    if (signIn && window.PublicKeyCredential) {
        let waiting = new AbortController();
        const ask = async (more) => {
            waiting.abort();
            const mine = new AbortController();
            waiting = mine;
            const reply = await fetch(signIn.dataset.passkeyGet, {credentials: "same-origin"});
            if (!reply.ok) {
                throw new Error("There are no passkeys");
            }
            const wanted = await reply.json();
            const found = await navigator.credentials.get({
                ...more,
                signal: mine.signal,
                publicKey: {
                    challenge: bytes(wanted.challenge),
                    rpId: wanted.relyingParty,
                    userVerification: "required",
                    timeout: 240000
                }
            });
            send(signIn, {
                "challenge": wanted.challenge,
                "credential": found.id,
                "client-data": text(found.response.clientDataJSON),
                "authenticator-data": text(found.response.authenticatorData),
                "signature": text(found.response.signature),
                "user-handle": text(found.response.userHandle)
            });
        };
        signIn.querySelector("button").addEventListener("click", () => {
            ask({}).catch((error) => explain(signIn, error));
        });
        signIn.hidden = false;

        // Offers passkeys where the browser fills in the login. A challenge expires, so another one is requested in time.
        const suggest = () => {
            ask({mediation: "conditional"}).catch(() => {});
            const mine = waiting;
            setTimeout(() => mine === waiting && !mine.signal.aborted && suggest(), 240000);
        };
        if (document.querySelector("input[autocomplete~=webauthn]")) {
            PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => can && suggest());
        }
    }

    const create = document.querySelector("[data-passkey-create]");
    if (create) {
        const wanted = create.dataset;
        const make = async () => {
            const made = await navigator.credentials.create({
                publicKey: {
                    challenge: bytes(wanted.passkeyCreate),
                    rp: {id: wanted.relyingParty, name: wanted.product},
                    user: {id: bytes(wanted.user), name: wanted.login, displayName: wanted.display},
                    pubKeyCredParams: wanted.algorithms.split(" ").map((alg) => ({type: "public-key", alg: Number(alg)})),
                    excludeCredentials: wanted.excluded.split(" ").filter(Boolean)
                        .map((id) => ({type: "public-key", id: bytes(id)})),
                    authenticatorSelection: {
                        residentKey: "required", requireResidentKey: true, userVerification: "required"
                    },
                    attestation: "none",
                    timeout: 240000
                }
            });
            send(create, {
                "client-data": text(made.response.clientDataJSON),
                "attestation": text(made.response.attestationObject),
                "transports": (made.response.getTransports?.() ?? []).join(" ")
            });
        };
        create.querySelector("button").addEventListener("click", () => {
            if (!window.PublicKeyCredential) {
                create.querySelector("[role=status]").textContent = document.body.dataset.textPasskeyMissing;
            } else if (create.reportValidity()) {
                make().catch((error) => explain(create, error));
            }
        });
        // The key "Enter" sends a form, but there is nothing to send before the button was used.
        create.addEventListener("submit", (event) => {
            if (!create.elements.attestation.value) {
                event.preventDefault();
                event.stopPropagation();
                create.querySelector("button").click();
            }
        });
    }
}
