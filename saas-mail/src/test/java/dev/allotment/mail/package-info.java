// SPDX-License-Identifier: Apache-2.0
/** Tests of the mail against servers that speak SMTP, in this JVM. */
@NullMarked
package dev.allotment.mail;

import org.jspecify.annotations.NullMarked;
