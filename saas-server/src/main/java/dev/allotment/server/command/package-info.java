// SPDX-License-Identifier: Apache-2.0
/** The commands of the server program that open the catalog, and the command line that they are on. */
@NullMarked
package dev.allotment.server.command;

import org.jspecify.annotations.NullMarked;
