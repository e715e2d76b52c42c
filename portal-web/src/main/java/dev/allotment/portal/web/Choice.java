// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

/** A value that a filter may have, and its text for people. */
public record Choice(String value, String text) {}
