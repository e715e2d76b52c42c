// SPDX-License-Identifier: Apache-2.0
/** How the records of the API look in JSON: written, read and described by a schema. */
@NullMarked
package dev.allotment.rest.json;

import org.jspecify.annotations.NullMarked;
