// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import org.jspecify.annotations.Nullable;

/**
 * What the frame round every page shows.
 *
 * @param title of this page
 * @param brand the title of the product
 * @param base what every address on this site begins with: the path that the servlets are mounted under, without a slash at
 *     its end
 * @param version of stylesheet and script, so that browsers may keep them
 * @param form what each form carries, see {@link Tokens#forForms}
 * @param section the part of the site that is marked in the navigation; empty: none
 * @param user the name of whoever has signed in; null: nobody
 * @param notice what has just been done, a sentence; null: nothing
 * @param refresh seconds after which a browser without JavaScript asks again; 0: never
 */
public record Page(
        String title,
        String brand,
        String base,
        String version,
        String form,
        String section,
        @Nullable String user,
        boolean administrator,
        @Nullable String notice,
        int refresh) {
    /** An address on this site. */
    public String at(String path) {
        return base + path;
    }

    /** The address of a file that belongs to the pages. */
    public String asset(String name) {
        return base + Assets.FOLDER + name + "?v=" + version;
    }

    public boolean in(String name) {
        return section.equals(name);
    }

    public Page refreshing(int seconds) {
        return new Page(title, brand, base, version, form, section, user, administrator, notice, seconds);
    }
}
