// SPDX-License-Identifier: Apache-2.0
/** The settings of the server program: where they come from, what they mean, and how a wrong one is reported. */
@NullMarked
package dev.allotment.server.setting;

import org.jspecify.annotations.NullMarked;
