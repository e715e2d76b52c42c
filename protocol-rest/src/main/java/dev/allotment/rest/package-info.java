// SPDX-License-Identifier: Apache-2.0
/** The REST API. It is found through the service loader; its classes are internal. */
@NullMarked
package dev.allotment.rest;

import org.jspecify.annotations.NullMarked;
