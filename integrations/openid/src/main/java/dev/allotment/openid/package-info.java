// SPDX-License-Identifier: Apache-2.0
/** Reads the answers of identity providers with Nimbus JOSE + JWT. */
@NullMarked
package dev.allotment.openid;

import org.jspecify.annotations.NullMarked;
