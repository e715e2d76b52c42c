// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data of the start page of a tenant database. Public because templates are classes of another package.
 *
 * @param memberName the name of the signed-in member
 * @param memberLogin the login of the signed-in member
 * @param orders the latest orders; null: this database has none
 * @param problem what is wrong with the order that was sent; empty: nothing
 */
public record LandingView(
        String memberName,
        String memberLogin,
        @Nullable List<Order> orders,
        String problem,
        List<Row> addons,
        List<Row> groups,
        List<Row> parameters,
        List<Row> limits) {
    /** Makes a view. The lists are copied. */
    public LandingView {
        orders = orders == null ? null : List.copyOf(orders);
        addons = List.copyOf(addons);
        groups = List.copyOf(groups);
        parameters = List.copyOf(parameters);
        limits = List.copyOf(limits);
    }

    /** An order with its first line. */
    public record Order(String name, String customer, String product, String quantity, String total) {}

    /** A line of a list or table. */
    public record Row(String title, String detail) {}

    /**
     * The parts that all pages of a tenant share.
     *
     * @param database the name of the tenant
     * @param style the path of the style sheet
     * @param brand the path of the style sheet with the colours of the product
     * @param icon the path of the icon
     * @param portal the URL of the owner's databases in the portal
     * @param signOut the path that the sign-out form is sent to
     * @param orders the path that orders are sent to
     * @param form the token that protects the forms
     */
    public record Frame(
            String database,
            String style,
            String brand,
            String icon,
            String portal,
            String signOut,
            String orders,
            String form) {}
}
