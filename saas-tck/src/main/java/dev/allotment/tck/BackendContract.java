// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import org.junit.jupiter.api.Nested;

/**
 * The whole kit: every contract as a nested class. A backend passes if a subclass passes that only creates its
 * fixtures. A backend with several configurations has one subclass for each.
 */
public abstract class BackendContract {
    /** For subclasses. */
    protected BackendContract() {}

    /** Returns a fixture with a new, empty storage. Called once or more for each test. */
    protected abstract BackendFixture newFixture() throws Exception;

    /** See {@link ProviderContract}. */
    @Nested
    public class Provider extends ProviderContract {
        /** Made by JUnit. */
        public Provider() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link SchemaContract}. */
    @Nested
    public class Schema extends SchemaContract {
        /** Made by JUnit. */
        public Schema() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link RecordsContract}. */
    @Nested
    public class Records extends RecordsContract {
        /** Made by JUnit. */
        public Records() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TransactionsContract}. */
    @Nested
    public class Transactions extends TransactionsContract {
        /** Made by JUnit. */
        public Transactions() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link QueriesContract}. */
    @Nested
    public class Queries extends QueriesContract {
        /** Made by JUnit. */
        public Queries() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TextContract}. */
    @Nested
    public class Text extends TextContract {
        /** Made by JUnit. */
        public Text() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TimeContract}. */
    @Nested
    public class Time extends TimeContract {
        /** Made by JUnit. */
        public Time() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link DatabasesContract}. */
    @Nested
    public class Databases extends DatabasesContract {
        /** Made by JUnit. */
        public Databases() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link IdentityContract}. */
    @Nested
    public class Identity extends IdentityContract {
        /** Made by JUnit. */
        public Identity() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link ConfigureContract}. */
    @Nested
    public class Configure extends ConfigureContract {
        /** Made by JUnit. */
        public Configure() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link AdoptionContract}. */
    @Nested
    public class Adoption extends AdoptionContract {
        /** Made by JUnit. */
        public Adoption() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link RowQuotasContract}. */
    @Nested
    public class RowLimits extends RowQuotasContract {
        /** Made by JUnit. */
        public RowLimits() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link TransferContract}. */
    @Nested
    public class Transfer extends TransferContract {
        /** Made by JUnit. */
        public Transfer() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link CapabilitiesContract}. */
    @Nested
    public class Capabilities extends CapabilitiesContract {
        /** Made by JUnit. */
        public Capabilities() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link DurabilityContract}. */
    @Nested
    public class Durability extends DurabilityContract {
        /** Made by JUnit. */
        public Durability() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }

    /** See {@link LifeCycleContract}. */
    @Nested
    public class LifeCycle extends LifeCycleContract {
        /** Made by JUnit. */
        public LifeCycle() {}

        @Override
        protected BackendFixture newFixture() throws Exception {
            return BackendContract.this.newFixture();
        }
    }
}
