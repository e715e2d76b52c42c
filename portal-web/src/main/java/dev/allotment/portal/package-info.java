// SPDX-License-Identifier: Apache-2.0
/**
 * Mounts the portal's pages in a Jakarta Servlet container: signing up and in, one's own databases, administration. For hosts
 * that bring their own container; not yet stable.
 */
@NullMarked
package dev.allotment.portal;

import org.jspecify.annotations.NullMarked;
