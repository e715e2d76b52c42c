// SPDX-License-Identifier: Apache-2.0
/** What the author of a verifier of passkeys implements. */
@NullMarked
package dev.allotment.spi.passkey;

import org.jspecify.annotations.NullMarked;
