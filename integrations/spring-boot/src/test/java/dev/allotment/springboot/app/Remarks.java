// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot.app;

import java.util.List;
import org.apache.ibatis.annotations.CacheNamespace;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

/** A mapper with a second-level cache, as an application for one database would have it. */
@Mapper
@CacheNamespace
interface Remarks {
    @Insert("insert into remark (text) values (#{text})")
    void add(String text);

    @Select("select text from remark order by text")
    List<String> texts();
}
