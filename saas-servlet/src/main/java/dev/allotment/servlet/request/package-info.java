// SPDX-License-Identifier: Apache-2.0
/** Reads what callers sent, within limits and the same in every container. For this project's modules only. */
@NullMarked
package dev.allotment.servlet.request;

import org.jspecify.annotations.NullMarked;
