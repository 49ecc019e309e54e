"""Files that offices publish beside their data, made here with the same traits, and what is said.

Lists of codes, descriptions, maps and printed pages are handed in by mistake. They are refused for
a reason that is true, once, and never read as answers or figures.
"""

import pytest

MONTHS = ",".join(["Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto",
                   "Septiembre", "Octubre", "Noviembre", "Diciembre"])  # fmt: skip
PAGE = """Provincia de prueba,,,,,,
,,,,,,
Delito,2021,2022,2023,,,
Robo,14,15,9,,,
,,,,,,
Página 2,,,,,,
Delito,2021,2022,2023,,,
Lesiones,3,4,5,,,
"""
PROSE = "Encuesta de la ciudad\n\nSe entrevistó a adultos, en sus hogares.\nUna fila por persona.\n"
GEOJSON = '{"type": "FeatureCollection", "features": [{"id": 14039, "a": 1, "b": 2}]}'
WEB_PAGE = "<table><tr><td>a</td><td>b</td></tr>\n<tr><td>1</td><td>2</td></tr></table>"
NARROWER = "a,b,c,d\n1,2,3\n4,5,6\n"
CODES = "\ufeffp1,descrip\r\r\n1,¿seguro?\r\r\n2,¿inseguro?\r\r\n"


@pytest.mark.parametrize(
    "made",
    [
        ("notas.txt", PROSE, "usm-records", ["USM-F05"]),
        ("mapa.geojson", GEOJSON, "usm-records", ["USM-F02"]),
        ("datos.xls", WEB_PAGE, "usm-records", ["USM-F02"]),
        ("pagina.csv", PAGE, "za-saps-2003-2013", ["USM-F08"]),
        ("angosto.csv", NARROWER, "usm-records", ["USM-F13"]),
        ("p1.csv", CODES, "mx-ensu-2015", ["USM-F17", "USM-F17"]),
        ("escuelas.csv", "cds,stype,name\n1,H,Alta\n2,M,Baja\n", "usm-questionnaire", ["USM-C08"]),
        ("ciudades.csv", "id,city\n01,Uno\n02,Dos\n", "usm-records", ["USM-C08"]),
        ("listas.csv", "id,city\n01,Uno\n02,Dos\n", "usm-checklist", ["USM-C08"]),
        ("poblacion.csv", "Municipio,2020\nUno,14\nDos,15\n", "mx-sesnsp", ["USM-C01"] * 4),
    ],
)
def test_it_is_refused_for_a_reason_that_is_true(check, tmp_path, made):
    name, text, recipe, to_fix = made
    path = tmp_path / name
    path.write_bytes(text.encode())
    report = check(path, recipe=recipe).report
    assert [p.code for p in report.of_level("must_fix")] == to_fix


def test_columns_that_add_up_to_one_period_are_missed_in_one_message(check, tmp_path):
    path = tmp_path / "years.csv"
    path.write_text("Año,Municipio,Subtipo de delito,Casos\n2023,Uno,Homicidio doloso,4\n")
    report = check(path, recipe="mx-sesnsp").report
    absent = [p.params["missing"] for p in report.problems if p.code == "USM-C01"]
    assert MONTHS.replace(",", " / ") in absent


def test_a_missing_column_is_explained_in_the_readers_language(check, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("area,period,series\nMX-GDL,2024,thefts\n")
    report = check(path, recipe="usm-records").report
    assert "Contiene: la cifra misma." in report.text("es")


def test_hidden_returns_are_no_part_of_a_code(check, tmp_path, rows):
    """Every answer ends in a return that no editor shows."""
    path = tmp_path / "answers.csv"
    lines = [",".join(rows[0]), *(",".join(f'"{v}\r"' for v in row.values()) for row in rows)]
    path.write_bytes("\n".join(lines).encode())
    intake = check(path)
    assert intake.accepted
    assert intake.frame["n_robbery"].dropna().unique().tolist() == [2]
    assert intake.report.facts[0]["repairs"][0][0] == "mended_returns"
