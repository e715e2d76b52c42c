// SPDX-License-Identifier: Apache-2.0
/** What the modules with pages share. For this project's modules only. */
@NullMarked
package dev.allotment.servlet.page;

import org.jspecify.annotations.NullMarked;
