// SPDX-License-Identifier: Apache-2.0
/** The test that documentation, comments and messages use the project's words, see {@code docs/glossary.md}. */
@NullMarked
package dev.allotment.language;

import org.jspecify.annotations.NullMarked;
