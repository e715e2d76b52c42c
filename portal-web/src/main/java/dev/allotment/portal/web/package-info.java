// SPDX-License-Identifier: Apache-2.0
/** What all pages share: routes, sessions, form protection and rendering. For this module only. */
@NullMarked
package dev.allotment.portal.web;

import org.jspecify.annotations.NullMarked;
