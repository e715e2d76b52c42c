// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an input of an operation that is shown to no caller, and removed when the operation has finished. So its
 * component is nullable.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Secret {}
