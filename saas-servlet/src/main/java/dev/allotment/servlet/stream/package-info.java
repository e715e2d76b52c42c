// SPDX-License-Identifier: Apache-2.0
/** Responses that continue as server-sent events. */
@NullMarked
package dev.allotment.servlet.stream;

import org.jspecify.annotations.NullMarked;
