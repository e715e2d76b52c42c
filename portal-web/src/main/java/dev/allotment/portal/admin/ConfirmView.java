// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

/**
 * The content of a page that asks before something is deleted.
 *
 * @param consequence what will happen
 * @param action the path that the form is sent to
 * @param button the text of the button
 * @param back the path of the page that the question came from
 */
public record ConfirmView(String consequence, String action, String button, String back) {}
