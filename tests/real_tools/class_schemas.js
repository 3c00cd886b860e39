// Checks entities against the class schemas of JupiterOne's data model, as the validator of its SDK 17 does.
//
//   node class_schemas.js <folder of @jupiterone/data-model> < {"entities": [...], "relationships": [...]}
//
// Prints {"failures": [{"key", "class", "property", "problem"}], "relationshipClasses": [...]}.

const { IntegrationSchema, RelationshipClass } = require(process.argv[2]);

function failuresOf(entity) {
  return [].concat(entity._class).flatMap((name) => {
    const validate = IntegrationSchema.getSchema(`#${name}`);
    if (!validate) return [{ key: entity._key, class: name, property: '_class', problem: 'there is no such class' }];
    if (validate(entity)) return [];
    return validate.errors.map((error) => ({
      key: entity._key,
      class: name,
      property: error.instancePath || error.params.missingProperty || error.propertyName || '',
      problem: error.message,
    }));
  });
}

IntegrationSchema.opts.allErrors = true;
const graph = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(
  JSON.stringify({
    failures: graph.entities.flatMap(failuresOf),
    relationshipClasses: Object.values(RelationshipClass),
  }),
);
