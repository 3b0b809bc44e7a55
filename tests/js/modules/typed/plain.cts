exports.required = (require('./value.ts') as { area: Function }).area({ size: 2 });
exports.named = 1 as const;
