// SPDX-License-Identifier: Apache-2.0
/** The emails that the portal sends through the embedder. For embedders; stable from 1.0. */
@NullMarked
package dev.allotment.portal.mail;

import org.jspecify.annotations.NullMarked;
