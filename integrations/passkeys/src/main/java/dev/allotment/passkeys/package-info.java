// SPDX-License-Identifier: Apache-2.0
/** Verifies passkeys with WebAuthn4J. Nothing of it is used directly: the control plane finds it. */
@NullMarked
package dev.allotment.passkeys;

import org.jspecify.annotations.NullMarked;
