// SPDX-License-Identifier: Apache-2.0
/**
 * The texts of pages and emails in the languages of their readers. Texts are bundles: files of properties, one for each
 * area and language. For the modules with pages and emails, and for embedders who add languages or change texts.
 */
@NullMarked
package dev.allotment.text;

import org.jspecify.annotations.NullMarked;
