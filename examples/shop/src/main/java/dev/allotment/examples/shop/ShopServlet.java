// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.shop;

import dev.allotment.access.Member;
import dev.allotment.tenant.TenantContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/** Shows products and accepts orders, in the database of the tenant that a request is for. */
final class ShopServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        TenantContext tenant = TenantContext.of(request);
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n")
                .append("<title>Shop</title>\n<h1>Shop of ")
                .append(escaped(tenant.tenant().name()))
                .append("</h1>\n");
        try (Connection connection = tenant.dataSource().getConnection()) {
            products(page, connection, tenant);
            orders(page, connection, tenant);
        } catch (SQLException e) {
            throw new ServletException(e);
        }
        page.append("<p><a href=\"").append(tenant.signOutPath()).append("\">Sign out</a>\n");
        response.setContentType("text/html; charset=utf-8");
        response.setHeader("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'");
        response.getWriter().append(page);
    }

    private static void products(StringBuilder page, Connection connection, TenantContext tenant) throws SQLException {
        page.append("<h2>Products</h2>\n<form method=\"post\" action=\"")
                .append(tenant.path("/orders"))
                .append("\">\n<input type=\"hidden\" name=\"form\" value=\"")
                .append(tenant.form())
                .append("\">\n<label>Product <select name=\"product\">\n");
        String sql = "select id, name, cents from shop_product order by name";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                page.append(String.format(
                        Locale.ROOT,
                        "<option value=\"%d\">%s, %.2f</option>%n",
                        row.getInt("id"),
                        escaped(row.getString("name")),
                        row.getInt("cents") / 100.0));
            }
        }
        page.append("</select></label>\n")
                .append(
                        "<label>Pieces <input name=\"pieces\" type=\"number\" min=\"1\" max=\"100\" value=\"1\"></label>\n")
                .append("<button>Order</button>\n</form>\n");
    }

    /** Shows a member's own orders; managers see all orders. */
    private static void orders(StringBuilder page, Connection connection, TenantContext tenant) throws SQLException {
        page.append("<h2>Orders</h2>\n<ul>\n");
        String sql = "select o.pieces, p.name, o.buyer from shop_order o join shop_product p on p.id = o.product_id"
                + " where o.buyer = ? or ? order by o.id";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, buyer(tenant));
            statement.setBoolean(2, tenant.inGroup("shop.group_manager"));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    page.append("<li>")
                            .append(row.getInt("pieces"))
                            .append(" × ")
                            .append(escaped(row.getString("name")))
                            .append(" for ")
                            .append(escaped(row.getString("buyer")))
                            .append("</li>\n");
                }
            }
        }
        page.append("</ul>\n");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        TenantContext tenant = TenantContext.of(request);
        if (!tenant.isForm(request.getParameter("form"))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN, "This form has expired. Reload the page.");
            return;
        }
        String sql = "insert into shop_order (product_id, buyer, pieces) values (?, ?, ?)";
        try (Connection connection = tenant.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, Integer.parseInt(request.getParameter("product")));
            statement.setString(2, buyer(tenant));
            statement.setInt(3, Integer.parseInt(request.getParameter("pieces")));
            statement.executeUpdate();
        } catch (NumberFormatException e) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "Choose a product and a number of pieces.");
            return;
        } catch (SQLException e) {
            throw new ServletException(e);
        }
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", tenant.path("/"));
    }

    private static String buyer(TenantContext tenant) {
        return tenant.member().map(Member::login).orElseThrow();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
