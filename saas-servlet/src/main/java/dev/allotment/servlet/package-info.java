// SPDX-License-Identifier: Apache-2.0
/**
 * Mounts protocol adapters in a Jakarta Servlet container. For hosts that bring their own container; not yet stable.
 */
@NullMarked
package dev.allotment.servlet;

import org.jspecify.annotations.NullMarked;
