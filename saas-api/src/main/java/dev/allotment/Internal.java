// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a public member that is not part of the promised API, such as the canonical constructor of a record.
 *
 * <p>Such a member is public because the language or the library requires it. It may change in any release. The check
 * of API compatibility ignores it. Use the static factory or the builder that the type documents.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.CONSTRUCTOR, ElementType.METHOD, ElementType.FIELD})
public @interface Internal {}
