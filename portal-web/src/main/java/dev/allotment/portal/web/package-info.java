// SPDX-License-Identifier: Apache-2.0
/**
 * What every page needs: routes, sessions, protection of forms, headers, and rendering. For the packages of this module only.
 */
@NullMarked
package dev.allotment.portal.web;

import org.jspecify.annotations.NullMarked;
