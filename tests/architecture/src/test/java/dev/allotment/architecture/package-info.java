// SPDX-License-Identifier: Apache-2.0
/**
 * Who may see whom, as tests. Every rule is evaluated on the real classes and on an offender that it must catch.
 */
@NullMarked
package dev.allotment.architecture;

import org.jspecify.annotations.NullMarked;
