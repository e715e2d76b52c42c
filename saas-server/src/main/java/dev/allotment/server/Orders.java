// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The orders in a tenant database with the add-on {@code sale}. The application of the demo works on them as any
 * application does: with a data source of the tenant.
 *
 * @param database with the rights of the tenant
 */
record Orders(DataSource database) {
    private static final int SHOWN = 20;
    private static final int LONGEST_TEXT = 256;
    private static final BigDecimal MOST = new BigDecimal("1000000");

    /**
     * An order.
     *
     * @param price of one piece, in euros
     */
    record NewOrder(String customer, String product, int quantity, String price) {
        /** Returns what a form has; empty if that is no order. */
        static Optional<NewOrder> of(String customer, String product, String quantity, String price) {
            boolean named = isText(customer) && isText(product);
            boolean counted = quantity.matches("[1-9][0-9]{0,3}")
                    && price.matches("[0-9]{1,7}([.][0-9]{1,2})?")
                    && new BigDecimal(price).compareTo(MOST) <= 0;
            return named && counted
                    ? Optional.of(new NewOrder(customer.strip(), product.strip(), Integer.parseInt(quantity), price))
                    : Optional.empty();
        }

        private static boolean isText(String text) {
            return !text.isBlank()
                    && text.length() <= LONGEST_TEXT
                    && text.chars().noneMatch(Character::isISOControl);
        }
    }

    /** Returns the latest orders, the newest first. */
    List<LandingView.Order> latest() throws SQLException {
        String sql = "select o.name, o.customer, l.product, l.quantity, o.amount_untaxed from sale_order o"
                + " join sale_order_line l on l.order_id = o.id and l.line_number = 1 order by o.id desc"
                + " fetch first " + SHOWN + " rows only";
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(sql);
                ResultSet row = select.executeQuery()) {
            List<LandingView.Order> orders = new ArrayList<>();
            while (row.next()) {
                orders.add(new LandingView.Order(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getBigDecimal(4).stripTrailingZeros().toPlainString(),
                        row.getBigDecimal(5).toPlainString() + " EUR"));
            }
            return orders;
        }
    }

    /** Stores an order. */
    void add(NewOrder order) throws SQLException {
        BigDecimal price = new BigDecimal(order.price());
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            long id = addHead(connection, order, price);
            try (PreparedStatement line = connection.prepareStatement("insert into sale_order_line (order_id,"
                    + " line_number, product, quantity, unit_price) values (?, 1, ?, ?, ?)")) {
                line.setLong(1, id);
                line.setString(2, order.product());
                line.setInt(3, order.quantity());
                line.setBigDecimal(4, price);
                line.executeUpdate();
            }
            connection.commit();
        }
    }

    /** The name has the number of the order, which the database gives. */
    private static long addHead(Connection connection, NewOrder order, BigDecimal price) throws SQLException {
        long id;
        try (PreparedStatement head = connection.prepareStatement(
                "insert into sale_order (name, customer, state, amount_untaxed) values (?, ?, 'sale', ?)",
                new String[] {"id"})) {
            head.setString(1, "new");
            head.setString(2, order.customer());
            head.setBigDecimal(3, price.multiply(BigDecimal.valueOf(order.quantity())));
            head.executeUpdate();
            try (ResultSet key = head.getGeneratedKeys()) {
                key.next();
                id = key.getLong(1);
            }
        }
        try (PreparedStatement name = connection.prepareStatement("update sale_order set name = ? where id = ?")) {
            name.setString(1, "S%05d".formatted(id));
            name.setLong(2, id);
            name.executeUpdate();
        }
        return id;
    }
}
