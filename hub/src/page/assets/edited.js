// Whether something was typed or chosen in a form that is not sent yet. Its controls know what they had at first: in HTML, and so
// to `h`, that is what their attributes say.

/** Whether a control of the form has another value than at first. */
export const isEdited = (form) => [...form.elements].some(differs);

function differs(control) {
  if (control.type === 'checkbox') return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) return control.value !== firstChoice(control);
  return 'defaultValue' in control && control.value !== control.defaultValue;
}

const firstChoice = ({ options }) => ([...options].find((option) => option.defaultSelected) ?? options[0])?.value ?? '';
