// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.identity;

/**
 * The content of the page that links to an identity provider.
 *
 * @param address where the link goes, outside of the portal
 * @param back the page from which the user came
 */
public record ContinueView(String provider, String address, String back) {
    /** Returns the provider, without the address, which has secrets. */
    @Override
    public String toString() {
        return "ContinueView[provider=" + provider + "]";
    }
}
