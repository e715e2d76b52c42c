// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Permission;
import dev.allotment.brand.BrandLink;
import dev.allotment.portal.text.RichText;
import dev.allotment.text.Texts;
import gg.jte.Content;
import org.jspecify.annotations.Nullable;

/**
 * The content of the frame around every page.
 *
 * @param title of this page
 * @param branding the brand of the page
 * @param base the path that the servlet is mounted under, without a trailing slash; the start of every address on this
 *     site
 * @param version of stylesheet and script, which lets browsers cache them
 * @param form the token that each form carries, see {@link Tokens#forForms}
 * @param section the part of the site that the navigation marks; empty for none
 * @param user the name of the signed-in user; null if the visitor has not signed in
 * @param offers what the page offers to its visitor
 * @param notice a sentence about what was just done; null for none
 * @param refresh seconds until a browser without JavaScript reloads the page; 0 for never
 * @param acting the customer that the visitor acts for
 * @param texts of the page
 */
public record Page(
        String title,
        PageBrand branding,
        String base,
        String version,
        String form,
        String section,
        @Nullable String user,
        Routes.Offers offers,
        @Nullable String notice,
        int refresh,
        Acting acting,
        Texts texts) {
    /** The name of the product. */
    public String brand() {
        return branding.name();
    }

    /** Where users get help; empty if that is not set. */
    public String support() {
        return branding.brand().supportLink();
    }

    /** The terms that a visitor accepts by signing up; empty if they are not set. */
    public String terms() {
        return branding.link(BrandLink.Kind.TERMS);
    }

    /** How personal data is used; empty if that is not set. */
    public String privacy() {
        return branding.link(BrandLink.Kind.PRIVACY);
    }

    /** Returns a text of the page. */
    public String text(String key, Object... values) {
        return texts.text(key, values);
    }

    /** Returns the form of a text that a number needs. */
    public String plural(String key, long count, Object... more) {
        return texts.plural(key, count, more);
    }

    /** Returns a text with elements, or with parts such as times. */
    public Content rich(String key, Object... values) {
        return new RichText(texts, key, values);
    }

    /** Returns an address on this site. */
    public String at(String path) {
        return base + path;
    }

    /** Returns the address of a static file. */
    public String asset(String name) {
        return base + Assets.FOLDER + name + "?v=" + version;
    }

    /** Returns a copy as visitors see it who have not signed in, for previews. */
    public Page signedOut() {
        return new Page(
                title,
                branding,
                base,
                version,
                form,
                "",
                null,
                offers.signedOut(),
                notice,
                refresh,
                Acting.SIGNED_OUT,
                texts);
    }

    /** Whether the page belongs to this section. */
    public boolean in(String name) {
        return section.equals(name);
    }

    /** Whether the page offers what needs a permission. */
    public boolean may(Permission permission) {
        return acting.permissions().contains(permission);
    }

    /** Returns a copy that reloads itself in browsers without JavaScript. */
    public Page refreshing(int seconds) {
        return new Page(title, branding, base, version, form, section, user, offers, notice, seconds, acting, texts);
    }
}
