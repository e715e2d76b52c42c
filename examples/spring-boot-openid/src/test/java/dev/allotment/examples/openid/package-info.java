// SPDX-License-Identifier: Apache-2.0
/** Tests of the example with a provider of OpenID Connect. */
@NullMarked
package dev.allotment.examples.openid;

import org.jspecify.annotations.NullMarked;
