// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.allotment.passkeys;

import org.jspecify.annotations.NullMarked;
