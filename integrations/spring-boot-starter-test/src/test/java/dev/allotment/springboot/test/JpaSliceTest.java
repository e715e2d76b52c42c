// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.test;

import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;

@DataJpaTest(
        showSql = false,
        properties = {"logging.level.root=warn", "spring.main.banner-mode=off"})
class JpaSliceTest extends JpaSlice {}
