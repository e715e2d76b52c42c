// SPDX-License-Identifier: Apache-2.0
/**
 * The portal as a servlet: sign-up, sign-in, a customer's databases and administration. For embedders; stable from 1.0.
 */
@NullMarked
package dev.allotment.portal;

import org.jspecify.annotations.NullMarked;
