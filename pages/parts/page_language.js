// A screen reader speaks the language that the page names; Streamlit names English whatever it shows.
export default function ({ data }) {
  document.documentElement.lang = data.lang;
}
