// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * How the application of a client database connects to it. The password is never printed.
 *
 * @param url such as a JDBC URL
 */
public record DatabaseLogin(String url, String user, String password) {
    @Override
    public String toString() {
        return "DatabaseLogin[url=" + url + ", user=" + user + "]";
    }
}
