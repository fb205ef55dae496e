package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.request.Fields;
import dev.heddle.format.Json;
import dev.heddle.structured.Constraint;
import dev.heddle.structured.ConstraintState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Every way to say what an answer looks like, and every way to say it wrongly. */
class StructureFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "'response_format':{'type':'json_object'} | {`a`:[1]} | [1]",
        "'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'integer'}}} | 17 | `a`",
        "'structured_outputs':{'json':{'type':'boolean'}} | true | 1",
        "'structured_outputs':{'json_object':true} | {} | 1",
        "'structured_outputs':{'regex':'[ab]+'} | abba | abc",
        "'structured_outputs':{'choice':['yes','no']} | no | maybe",
        "'structured_outputs':{'grammar':'root ::= [x]+ [y]'} | xxy | xx",
        "'guided_json':'{@type@:@null@}' | null | 0",
        "'guided_regex':'x?' | x | xx",
        "'guided_choice':['a'] | a | b",
        "'guided_grammar':'root ::= [a]' | a | b",
        "'guided_grammar':'start: /[a]/' | a | b",
        "'grammar':'root ::= [a]' | a | b",
        "'json_schema':{'const':5} | 5 | 6",
      })
  void an_answer_keeps_to_what_was_asked_for(String field, String taken, String refused) {
    Constraint constraint = read(field.replace("@", "\\\""));
    assertThat(takes(constraint, taken.replace('`', '"'))).isTrue();
    assertThat(takes(constraint, refused.replace('`', '"'))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      value = {
        "'response_format':5 | response_format | must be an object",
        "'response_format':{} | response_format.type | is required",
        "'response_format':{'type':'xml'} | response_format.type | must be 'text'",
        "'response_format':{'type':'json_schema'} | response_format.json_schema | must be an object",
        "'response_format':{'type':'json_schema','json_schema':{'name':'x'}} | response_format.json_schema.schema | is required",
        "'response_format':{'type':'json_schema','json_schema':{'schema':{'foo':1}}} | response_format.json_schema.schema/foo | is not a supported keyword",
        "'response_format':{'type':'json_schema','json_schema':{'strict':true,'schema':{'type':'object','properties':{'a':{}}}}} | response_format.json_schema.schema/additionalProperties | must be false",
        "'structured_outputs':{'jsn':{}} | structured_outputs.jsn | is not known here",
        "'structured_outputs':{'regex':'('} | structured_outputs.regex | without a ')'",
        "'structured_outputs':{'choice':[]} | structured_outputs.choice | 1 to 10000",
        "'structured_outputs':{'choice':['a',1]} | structured_outputs.choice[1] | must be a string",
        "'guided_json':'{' | guided_json | must be a JSON Schema",
        "'guided_json':7 | guided_json | must be a schema",
        "'guided_regex':'a','guided_choice':['b'] | guided_choice | cannot be combined with 'guided_regex'",
        "'guided_regex':'a','bad_words':['b'] | bad_words | cannot be combined with 'guided_regex'",
        "'guided_regex':'a','allowed_token_ids':[1] | allowed_token_ids | cannot be combined",
        "'guided_regex':'a','min_tokens':1,'stop_token_ids':[1] | stop_token_ids | cannot be combined",
        "'guided_grammar':'a ::= b' | guided_grammar | has no rule 'b'",
        "'guided_regex':'[ab]*a[ab]{20}' | guided_regex | too large",
      })
  void a_fault_is_named(String field, String param, String message) {
    Fields fields = new Fields(object(field));
    StructureFields.read(fields, ScriptedAnswer.STRUCTURES);
    ApiException refused = catchThrowableOfType(ApiException.class, fields::throwFaults);
    assertThat(refused.param()).isEqualTo(param);
    assertThat(refused).hasMessageContaining(message);
  }

  @Test
  void every_fault_of_a_schema_is_told_at_once() {
    Fields fields =
        new Fields(object("'guided_json':{'foo':1,'type':'objekt','items':{'uniqueItems':true}}"));
    StructureFields.read(fields, ScriptedAnswer.STRUCTURES);
    ApiException refused = catchThrowableOfType(ApiException.class, fields::throwFaults);
    assertThat(refused.violations())
        .extracting(violation -> violation.where())
        .containsExactly("guided_json/foo", "guided_json/type", "guided_json/items/uniqueItems");
  }

  @Test
  void text_asks_for_nothing() {
    Fields fields = new Fields(object("'response_format':{'type':'text'}"));
    assertThat(StructureFields.read(fields, ScriptedAnswer.STRUCTURES)).isNull();
    fields.throwFaults();
  }

  private static Constraint read(String field) {
    Fields fields = new Fields(object(field));
    Form form = StructureFields.read(fields, ScriptedAnswer.STRUCTURES);
    fields.throwFaults();
    return form == null ? null : form.constraint();
  }

  private static boolean takes(Constraint constraint, String text) {
    ConstraintState state = constraint.start();
    for (int token : ScriptedAnswer.TOKENIZER.encode(text, false)) {
      long[] allowed = state.allowed();
      if ((allowed[token >> 6] >>> token & 1) == 0) {
        return false;
      }
      state.accept(token);
    }
    return state.isComplete();
  }

  private static ObjectNode object(String field) {
    return (ObjectNode) Json.parse("{" + field.replace('\'', '"') + "}", "test");
  }
}
