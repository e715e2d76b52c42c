// SPDX-License-Identifier: Apache-2.0
/** What has another name in Spring Boot 3. */
@NullMarked
package dev.allotment.springboot3;

import org.jspecify.annotations.NullMarked;
