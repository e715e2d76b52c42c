// SPDX-License-Identifier: Apache-2.0
/** Records that break the rules for public records. Only the tests of these rules use them. */
@org.jspecify.annotations.NullMarked
package dev.allotment.api.offenders;
