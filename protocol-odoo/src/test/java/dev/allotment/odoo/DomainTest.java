// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import static dev.allotment.odoo.OdooPortal.assertFault;
import static dev.allotment.odoo.OdooPortal.list;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.odoo.fault.OdooFault;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class DomainTest {
    private final OdooPortal portal = new OdooPortal();
    private long apple;
    private long banana;
    private long percent;

    @BeforeEach
    void partners() {
        apple = partner("Apple", "Fruit@example.com");
        banana = partner("banana", false);
        percent = partner("100%_off\\", "fruit@example.com");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private long partner(String name, Object email) {
        return (Long) portal.admin("res.partner", "create", Map.of("name", name, "email", email));
    }

    /** Returns the matching partners of this test, in the order of their creation. */
    private List<?> found(Object... domain) {
        List<Object> whole = list("&", list("id", ">", 2));
        List<Object> inner = list(domain);
        if (inner.isEmpty()) {
            whole.remove(0);
        }
        whole.addAll(inner);
        return (List<?>) portal.admin("res.partner", "search", whole, 0, 0, "id");
    }

    private static List<Object> leaf(Object field, Object operator, Object value) {
        return list(field, operator, value);
    }

    private OdooFault refused(Object... domain) {
        OdooFault fault = OdooPortal.fault(() -> portal.admin("res.partner", "search", list(domain)));
        assertThat(fault.code()).isEqualTo(2);
        return fault;
    }

    @Nested
    class Operators {
        @Test
        void joinsLeavesByAndIfThereIsNoOperator() {
            assertThat(portal.admin(
                            "res.partner", "search", list(leaf("name", "=", "Apple"), leaf("email", "=", false))))
                    .isEqualTo(list());
            assertThat(found()).isEqualTo(list(apple, banana, percent));
        }

        @Test
        void nestsAndOrAndNotToAnyDepth() {
            assertThat(found("|", leaf("name", "=", "Apple"), leaf("name", "=", "banana")))
                    .isEqualTo(list(apple, banana));
            assertThat(found("&", leaf("email", "=", false), leaf("name", "=", "banana")))
                    .isEqualTo(list(banana));
            assertThat(found("!", leaf("name", "=", "Apple"))).isEqualTo(list(banana, percent));
            assertThat(found("!", "|", leaf("name", "=", "Apple"), leaf("name", "=", "banana")))
                    .isEqualTo(list(percent));
            assertThat(found(
                            "|",
                            "&",
                            leaf("name", "=", "Apple"),
                            leaf("email", "!=", false),
                            "!",
                            leaf("email", "!=", false)))
                    .isEqualTo(list(apple, banana));
        }

        @Test
        void acceptsLeavesThatAreAlwaysOrNeverTrue() {
            assertThat(found(leaf(1, "=", 1))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf(0, "=", 1))).isEqualTo(list());
            assertThat(found("|", leaf(0, "=", 1), leaf("name", "=", "Apple"))).isEqualTo(list(apple));
        }

        @Test
        void readsFalseAndNilAsTheEmptyDomain() {
            assertThat(portal.admin("res.partner", "search_count", false)).isEqualTo(5L);
            assertThat(portal.admin("res.partner", "search_count", (Object) null))
                    .isEqualTo(5L);
        }
    }

    @Nested
    class Texts {
        @Test
        void comparesEqualityWithFalseAndNilAsAbsent() {
            assertThat(found(leaf("name", "=", "Apple"))).isEqualTo(list(apple));
            assertThat(found(leaf("name", "==", "Apple"))).isEqualTo(list(apple));
            assertThat(found(leaf("name", "!=", "Apple"))).isEqualTo(list(banana, percent));
            assertThat(found(leaf("name", "<>", "Apple"))).isEqualTo(list(banana, percent));
            assertThat(found(leaf("email", "=", false))).isEqualTo(list(banana));
            assertThat(found(leaf("email", "=", null))).isEqualTo(list(banana));
            assertThat(found(leaf("email", "!=", false))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("email", "!=", "fruit@example.com"))).isEqualTo(list(apple, banana));
        }

        @Test
        void matchesEverythingWithUnsetOrEqualAndNoValue() {
            assertThat(found(leaf("name", "=?", false))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("name", "=?", "Apple"))).isEqualTo(list(apple));
        }

        @Test
        void comparesMembershipWithFalseAsAbsent() {
            assertThat(found(leaf("name", "in", list("Apple", "banana", "x")))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("name", "not in", list("Apple")))).isEqualTo(list(banana, percent));
            assertThat(found(leaf("email", "in", list(false)))).isEqualTo(list(banana));
            assertThat(found(leaf("email", "in", list("fruit@example.com", false))))
                    .isEqualTo(list(banana, percent));
            assertThat(found(leaf("email", "not in", list("fruit@example.com"))))
                    .isEqualTo(list(apple, banana));
            assertThat(found(leaf("email", "not in", list("fruit@example.com", false))))
                    .isEqualTo(list(apple));
            assertThat(found(leaf("name", "in", list()))).isEqualTo(list());
            assertThat(found(leaf("name", "not in", list()))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("name", "=", list("Apple", "banana")))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("name", "!=", list("Apple", "banana")))).isEqualTo(list(percent));
            assertThat(found(leaf("email", "in", false))).isEqualTo(list(banana));
            assertThat(found(leaf("email", "not in", false))).isEqualTo(list(apple, percent));
        }

        @Test
        void neverOrdersAbsentValues() {
            assertThat(found(leaf("name", "<", "Apple"))).isEqualTo(list(percent));
            assertThat(found(leaf("name", "<=", "Apple"))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("name", ">", "Apple"))).isEqualTo(list(banana));
            assertThat(found(leaf("name", ">=", "Apple"))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("email", ">=", ""))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("email", "<", false))).isEqualTo(list());
        }

        @Test
        void findsPatternsAnywhereWithWildcards() {
            assertThat(found(leaf("name", "like", "an"))).isEqualTo(list(banana));
            assertThat(found(leaf("name", "like", "a"))).isEqualTo(list(banana));
            assertThat(found(leaf("name", "ilike", "A"))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("name", "ILIKE", "A"))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("name", "like", "b%a"))).isEqualTo(list(banana));
            assertThat(found(leaf("name", "like", "A_ple"))).isEqualTo(list(apple));
            assertThat(found(leaf("name", "like", "0\\%\\_"))).isEqualTo(list(percent));
            assertThat(found(leaf("email", "like", "Fruit"))).isEqualTo(list(apple));
            assertThat(found(leaf("email", "ilike", "Fruit"))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("name", "like", 100))).isEqualTo(list(percent));
        }

        @Test
        void matchesAbsentValuesWithNotLike() {
            assertThat(found(leaf("email", "not like", "Fruit"))).isEqualTo(list(banana, percent));
            assertThat(found(leaf("email", "not ilike", "Fruit"))).isEqualTo(list(banana));
        }

        @Test
        void matchesEverythingWithAnEmptyPattern() {
            assertThat(found(leaf("email", "ilike", ""))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("email", "ilike", false))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("email", "not ilike", ""))).isEqualTo(list(banana));
        }

        @Test
        void matchesTheWholeValueWithEqualLike() {
            assertThat(found(leaf("name", "=like", "Appl"))).isEqualTo(list());
            assertThat(found(leaf("name", "=like", "Appl_"))).isEqualTo(list(apple));
            assertThat(found(leaf("name", "=like", "a%"))).isEqualTo(list());
            assertThat(found(leaf("name", "=ilike", "a%"))).isEqualTo(list(apple));
            assertThat(found(leaf("name", "=like", "%\\"))).isEqualTo(list(percent));
        }
    }

    @Nested
    class OtherKinds {
        @Test
        void comparesNumbersAlsoWrittenAsText() {
            assertThat(found(leaf("id", "=", apple))).isEqualTo(list(apple));
            assertThat(found(leaf("id", "in", list(apple, String.valueOf(banana), (double) percent))))
                    .isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("id", "<=", banana))).isEqualTo(list(apple, banana));
            assertThat(found(leaf("id", "=", false))).isEqualTo(list());
            assertThat(refused(leaf("id", "=", "x"))).hasMessage("Invalid leaf ['id', '=', 'x']");
            assertThat(refused(leaf("id", "=", 1.5))).hasMessage("Invalid leaf ['id', '=', 1.5]");
            assertThat(refused(leaf("id", "ilike", "1"))).hasMessage("Invalid leaf ['id', 'ilike', '1']");
        }

        @Test
        void refusesNumbersBeyond32Bits() {
            long plan = portal.plan(Map.of("max_users", 5));

            assertThat(portal.admin("saas_portal.plan", "search", list(leaf("max_users", ">", 4))))
                    .isEqualTo(list(plan));
            assertFault(
                    2,
                    "Invalid leaf ['max_users', '<', 4294967296]",
                    () -> portal.admin("saas_portal.plan", "search", list(leaf("max_users", "<", 1L << 32))));
        }

        @Test
        void comparesBooleansWithAbsentAsFalse() {
            portal.admin("res.partner", "write", list(banana), Map.of("active", false));

            assertThat(found(leaf("active", "=", true))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("active", "=", 1))).isEqualTo(list(apple, percent));
            assertThat(found(leaf("active", "!=", true))).isEqualTo(list(banana));
            assertThat(found(leaf("active", "=", false))).isEqualTo(list(banana));
            assertThat(found(leaf("active", "=", null))).isEqualTo(list(banana));
            assertThat(found(leaf("active", "in", list(true, false)))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("active", "not in", list(true)))).isEqualTo(list(banana));
            assertThat(found(leaf("active", "in", list()))).isEqualTo(list());
            assertThat(refused(leaf("active", ">", false))).hasMessage("Invalid leaf ['active', '>', False]");
            assertThat(refused(leaf("active", "=", "yes"))).hasMessage("Invalid leaf ['active', '=', 'yes']");
        }

        @Test
        void comparesTimesAndDates() {
            assertThat(found(leaf("create_date", "=", "2026-03-01 12:00:00"))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("create_date", "=", LocalDateTime.of(2026, 3, 1, 12, 0))))
                    .isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("create_date", "<", "2026-03-01"))).isEqualTo(list());
            assertThat(found(leaf("create_date", "<=", "2026-03-01"))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("create_date", ">", "2026-03-01"))).isEqualTo(list());
            assertThat(found(leaf("create_date", ">=", "2026-03-01"))).isEqualTo(list(apple, banana, percent));
            assertThat(found(leaf("create_date", "!=", false))).isEqualTo(list(apple, banana, percent));
            assertThat(refused(leaf("create_date", "=", "yesterday")))
                    .hasMessage("Invalid leaf ['create_date', '=', 'yesterday']");
            assertThat(refused(leaf("create_date", "<", "2026-02-30")))
                    .hasMessage("Invalid leaf ['create_date', '<', '2026-02-30']");
        }

        @Test
        void comparesSelectionsByTextAndPattern() {
            OdooPortal.Client client = portal.client("owner@example.com");
            Object clients = list(client.id());

            assertThat(clients(leaf("state", "=", "open"))).isEqualTo(clients);
            assertThat(clients(leaf("state", "!=", "open"))).isEqualTo(list());
            assertThat(clients(leaf("state", "in", list("open", "pending")))).isEqualTo(clients);
            assertThat(clients(leaf("state", "not in", list("draft", "nonsense"))))
                    .isEqualTo(clients);
            assertThat(clients(leaf("state", "ilike", "OPE"))).isEqualTo(clients);
            assertThat(clients(leaf("state", "=", false))).isEqualTo(list());
            assertThat(clients(leaf("state", "!=", false))).isEqualTo(clients);
        }

        @Test
        void comparesUuids() {
            OdooPortal.Client client = portal.client("owner@example.com");
            Object uuid =
                    portal.read("saas_portal.client", client.id(), "client_id").get("client_id");

            assertThat(clients(leaf("client_id", "=", uuid))).isEqualTo(list(client.id()));
            assertThat(clients(leaf("client_id", "not in", list(uuid)))).isEqualTo(list());
            assertThat(clients(leaf("client_id", "=", "x"))).isEqualTo(list());
            assertThat(clients(leaf("client_id", "in", list("x", uuid)))).isEqualTo(list(client.id()));
            assertThat(clients(leaf("client_id", "!=", "x"))).isEqualTo(list(client.id()));
            assertThat(clients(leaf("client_id", "=", false))).isEqualTo(list());
            assertFault(2, "Invalid leaf ['client_id', 'like', 'x']", () -> clients(leaf("client_id", "like", "x")));
        }

        @Test
        void comparesSizesInWholeMegabytes() {
            OdooPortal.Client client = portal.client("owner@example.com");
            portal.backend.setSize(client.name(), 3 * 1024 * 1024 + 5);
            portal.admin("saas_portal.client", "sync_client", list(client.id()));
            Object clients = list(client.id());

            assertThat(portal.read("saas_portal.client", client.id(), "db_storage"))
                    .containsEntry("db_storage", 3);
            assertThat(clients(leaf("db_storage", "=", 3))).isEqualTo(clients);
            assertThat(clients(leaf("db_storage", "in", list(1, 3)))).isEqualTo(clients);
            assertThat(clients(leaf("db_storage", "!=", 3))).isEqualTo(list());
            assertThat(clients(leaf("db_storage", ">", 3))).isEqualTo(list());
            assertThat(clients(leaf("db_storage", ">=", 3))).isEqualTo(clients);
            assertThat(clients(leaf("db_storage", "<", 3))).isEqualTo(list());
            assertThat(clients(leaf("db_storage", "<=", 3))).isEqualTo(clients);
        }

        private Object clients(Object leaf) {
            return portal.admin("saas_portal.client", "search", list(leaf));
        }
    }

    @Nested
    class ReferencesTest {
        private long user;

        @BeforeEach
        void user() {
            user = portal.signUp("zoe@example.com");
        }

        private Object users(Object... domain) {
            return portal.admin("res.users", "search", list(domain), 0, 0, "id");
        }

        @Test
        void followsReferencesByIdAbsenceAndName() {
            Object partner = portal.admin("res.partner", "search", list(leaf("name", "=", "Client zoe@example.com")));
            long id = (Long) ((List<?>) partner).get(0);

            assertThat(users(leaf("partner_id", "=", id))).isEqualTo(list(user));
            assertThat(users(leaf("partner_id", "!=", id))).isEqualTo(list(2L));
            assertThat(users(leaf("partner_id", "in", list(id, 2)))).isEqualTo(list(2L, user));
            assertThat(users(leaf("partner_id", "=", false))).isEqualTo(list());
            assertThat(users(leaf("partner_id", "!=", false))).isEqualTo(list(2L, user));
            assertThat(users(leaf("partner_id", "ilike", "ZOE"))).isEqualTo(list(user));
            assertThat(users(leaf("partner_id", "not ilike", "zoe"))).isEqualTo(list(2L));
            assertThat(users(leaf("partner_id", "=", "Administrator"))).isEqualTo(list(2L));
            assertThat(users(leaf("partner_id", "!=", "Administrator"))).isEqualTo(list(user));
            assertThat(users(leaf("partner_id", "in", list("Administrator", "Nobody"))))
                    .isEqualTo(list(2L));
            assertThat(users(leaf("partner_id", "not in", list("Administrator"))))
                    .isEqualTo(list(user));
            assertThat(users(leaf("partner_id", "ilike", ""))).isEqualTo(list(2L, user));
        }

        @Test
        void followsPathsOfReferences() {
            assertThat(users(leaf("partner_id.email", "=like", "zoe@%"))).isEqualTo(list(user));
            assertThat(users(leaf("partner_id.user_ids.login", "=", "admin"))).isEqualTo(list(2L));
            assertFault(
                    2, "Invalid field 'phone' on model 'res.partner'", () -> users(leaf("partner_id.phone", "=", "1")));
            assertFault(2, "Invalid field 'login.x' on model 'res.users'", () -> users(leaf("login.x", "=", "1")));
        }

        @Test
        void followsInverseReferences() {
            assertThat(partners(leaf("user_ids", "in", list(2)))).isEqualTo(list(2L));
            assertThat(partners(leaf("user_ids", "=", 2))).isEqualTo(list(2L));
            assertThat(partners(leaf("user_ids", "ilike", "admin"))).isEqualTo(list(2L));
            assertThat(partners(leaf("user_ids", "=", false))).isEqualTo(list(apple, banana, percent));
            assertThat(partners(leaf("user_ids", "!=", false))).isEqualTo(list(1L, 2L, percent + 1));
            assertThat(partners("|", leaf("user_ids", "not in", list(2)), leaf("id", "=", 2)))
                    .isEqualTo(partners());
        }

        private Object partners(Object... domain) {
            return portal.admin("res.partner", "search", list(domain), 0, 0, "id");
        }

        @Test
        void comparesTheNameOfTheRecordItself() {
            assertThat(users(leaf("display_name", "ilike", "zoe"))).isEqualTo(list(user));
            assertThat(users(leaf("display_name", "not ilike", "zoe"))).isEqualTo(list(2L));
        }
    }

    @Nested
    class Refusals {
        @Test
        void showsAMalformedLeaf() {
            assertThat(refused(list("name", "="))).hasMessage("Invalid leaf ['name', '=']");
            assertThat(refused(list("name", "=", "x", "y"))).hasMessage("Invalid leaf ['name', '=', 'x', 'y']");
            assertThat(refused(leaf("name", "~", "x"))).hasMessage("Invalid leaf ['name', '~', 'x']");
            assertThat(refused(leaf("name", 1, "x"))).hasMessage("Invalid leaf ['name', 1, 'x']");
            assertThat(refused(leaf(list(), "=", "x"))).hasMessage("Invalid leaf [[], '=', 'x']");
            assertThat(refused(leaf("name", "in", "x"))).hasMessage("Invalid leaf ['name', 'in', 'x']");
            assertThat(refused(leaf("name", "ilike", list("x")))).hasMessage("Invalid leaf ['name', 'ilike', ['x']]");
            assertThat(refused(leaf("name", "=", Map.of("a", true))))
                    .hasMessage("Invalid leaf ['name', '=', {'a': True}]");
            assertThat(refused(leaf("name", "=", "a\0b"))).hasMessage("Invalid leaf ['name', '=', 'a\\x00b']");
            assertThat(refused(leaf("name", "like", "\0"))).hasMessage("Invalid leaf ['name', 'like', '\\x00']");
            assertThat(refused("name")).hasMessage("Invalid leaf 'name'");
            assertThat(refused(7)).hasMessage("Invalid leaf 7");
            assertThat(refused((Object) null)).hasMessage("Invalid leaf None");
            assertThat(refused(leaf("name", "~", "x".repeat(1000))))
                    .hasMessageMatching("Invalid leaf \\['name', '~', 'x{180,200}…");
        }

        @Test
        void refusesChildOfAndParentOf() {
            assertThat(refused(leaf("id", "child_of", 1))).hasMessage("Invalid leaf ['id', 'child_of', 1]");
            assertThat(refused(leaf("id", "parent_of", list(1)))).hasMessage("Invalid leaf ['id', 'parent_of', [1]]");
        }

        @Test
        void refusesAnOperatorWithoutAnOperand() {
            assertThat(refused("!")).hasMessage("Invalid domain: '!' lacks an operand.");
            assertThat(refused("|", leaf("id", "=", 1))).hasMessage("Invalid domain: '|' lacks an operand.");
        }

        @Test
        void refusesADomainThatIsNotAList() {
            assertFault(
                    2,
                    "Invalid domain 'name = x': a domain is a list.",
                    () -> portal.admin("res.partner", "search", "name = x"));
        }

        @Test
        void refusesFieldsThatCannotBeSearched() {
            assertFault(
                    2,
                    "Field 'host' on model 'saas_portal.client' cannot be searched",
                    () -> portal.admin("saas_portal.client", "search", list(leaf("host", "=", "x"))));
        }

        @Test
        void namesTheLimitThatADomainExceeds() {
            List<Object> leaves = new ArrayList<>();
            for (int i = 0; i < 1001; i++) {
                leaves.add(leaf("id", "=", i));
            }
            assertThat(refused(leaves.toArray()))
                    .hasMessage("Invalid domain: it has 1001 elements, and at most 1000 are accepted.");
            List<Object> values = new ArrayList<>();
            for (int i = 0; i <= 10_000; i++) {
                values.add(i);
            }
            assertThat(refused(leaf("id", "in", values)))
                    .hasMessage("Invalid domain: its lists have more than 10000 values in total.");
            List<Object> deep = new ArrayList<>();
            for (int i = 0; i < 900; i++) {
                deep.add("!");
            }
            deep.add(leaf("id", "=", 1));
            assertThat(refused(deep.toArray()))
                    .hasMessage("Invalid domain: its operators are nested more than 50 deep.");
        }

        @Test
        void acceptsALongChainOfTheSameOperator() {
            List<Object> chain = new ArrayList<>();
            for (int i = 0; i < 499; i++) {
                chain.add("|");
            }
            for (int i = 0; i < 500; i++) {
                chain.add(leaf("id", "=", i));
            }

            assertThat(portal.admin("res.partner", "search_count", chain)).isEqualTo(5L);
        }
    }
}
