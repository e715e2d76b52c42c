// SPDX-License-Identifier: Apache-2.0
/**
 * E-mail: to the owners of client databases about what happened to these, and to whoever needs a link to go on. For hosts;
 * written against saas-api only. Experimental until 1.0.
 */
@NullMarked
package dev.allotment.mail;

import org.jspecify.annotations.NullMarked;
